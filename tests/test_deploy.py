"""The files of deploy/ are well formed, agree with each other, and with what they serve."""

import json
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.healthy import is_healthy

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
NGINX_CONF = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
REPLICAS = {name: one for name, one in COMPOSE["services"].items() if name.startswith("app-")}


def manifests() -> dict[str, Any]:
    """Read kubernetes.yaml anew, by kind; of two of a kind, the first."""
    found: dict[str, Any] = {}
    for manifest in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")):
        check(manifest)
        found.setdefault(manifest["kind"], manifest)
    return found


def check(manifest: dict[str, Any]) -> None:
    """Hold a manifest to Kubernetes' own schema; a field it does not know is an error."""
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def pod(found: dict[str, Any]) -> dict[str, Any]:
    return found["Deployment"]["spec"]["template"]["spec"]


def test_kubernetes_takes_every_manifest() -> None:
    assert set(manifests()) == {
        *("Deployment", "Service", "Ingress", "HorizontalPodAutoscaler"),
    }


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("Deployment", lambda spec: spec.pop("selector")),
        ("Deployment", lambda spec: spec.update(replicas="two")),
        ("Deployment", lambda spec: spec["template"]["spec"].update(readOnly=True)),
        ("Service", lambda spec: spec.update(sessionAffinity=["ClientIP"])),
        ("HorizontalPodAutoscaler", lambda spec: spec.pop("maxReplicas")),
    ],
)
def test_a_spoilt_manifest_would_be_refused(kind: str, spoil: Callable[[Any], None]) -> None:
    manifest = manifests()[kind]
    spoil(manifest["spec"])
    with pytest.raises(kubernetes_validate.ValidationError):
        check(manifest)


def test_kubernetes_parts_find_each_other() -> None:
    found = manifests()
    name = found["Deployment"]["metadata"]["name"]
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert found["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert found["Service"]["spec"]["selector"] == labels
    assert found["Service"]["spec"]["sessionAffinity"] == "ClientIP"
    assert found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == name
    paths = found["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    backends = {path["path"]: path["backend"]["service"]["name"] for path in paths}
    assert backends["/"] == found["Service"]["metadata"]["name"]
    assert backends["/_stcore/metrics"] == backends["/_stcore/agent"] != backends["/"]


def test_containers_can_do_no_more_than_they_must() -> None:
    (container,) = pod(manifests())["containers"]
    assert pod(manifests())["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    (mount,), (volume,) = container["volumeMounts"], pod(manifests())["volumes"]
    assert (mount["mountPath"], mount["name"]) == ("/tmp", volume["name"])
    assert volume["emptyDir"]["medium"] == "Memory"
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert service["tmpfs"] == ["/tmp"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["cpus"], name
        assert service["mem_limit"], name


def test_the_ingress_has_a_name() -> None:
    (rule,) = manifests()["Ingress"]["spec"]["rules"]
    assert rule["host"].endswith(".example.org")


def test_no_container_is_root() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (\d+):(\d+)$", dockerfile, re.MULTILINE)
    assert users == [("10001", "10001")]
    assert pod(manifests())["securityContext"]["runAsUser"] == 10001
    assert COMPOSE["services"]["nginx"]["user"] == "101:101"
    assert all("user" not in replica for replica in REPLICAS.values())


def test_every_probe_reads_the_answer() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    health = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert health
    (container,) = pod(manifests())["containers"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"] == json.loads(health[1])


@contextmanager
def answering(body: bytes) -> Iterator[int]:
    """Answer everything with status 200 and the same body; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_only_ok_is_healthy() -> None:
    with answering(b"ok") as port:
        assert is_healthy(port)
    assert not is_healthy(port)
    with answering(b"<!DOCTYPE html>") as port:
        assert not is_healthy(port)


def test_nginx_and_compose_name_the_same_replicas() -> None:
    assert COMPOSE["services"]["nginx"]["depends_on"] == list(REPLICAS)
    addresses = [one["networks"]["default"]["ipv4_address"] for one in REPLICAS.values()]
    numbers = [name.removeprefix("app-") for name in REPLICAS]
    numbered = list(zip(numbers, addresses, strict=True))
    port = pod(manifests())["containers"][0]["ports"][0]["containerPort"]
    assert re.findall(rf"server ([\d.]+):{port} ", NGINX_CONF) == addresses
    assert re.findall(rf"^ +(\d+) ([\d.]+):{port};", NGINX_CONF, re.MULTILINE) == numbered
    served = re.findall(rf'"~([\d.]+):{port}\$" (\d+);', NGINX_CONF)
    assert [(number, address) for address, number in served] == numbered


def test_nginx_takes_files_as_large_as_the_app_does() -> None:
    assert f"client_max_body_size {CONFIG['server']['maxUploadSize']}m;" in NGINX_CONF
    assert f"proxy-body-size: {CONFIG['server']['maxUploadSize']}m" in (
        DEPLOY / "kubernetes.yaml"
    ).read_text(encoding="utf-8")
