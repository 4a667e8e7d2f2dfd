"""Words by which cells are told apart. To know one more, add it; case does not matter."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# Nothing was measured.
MISSING = _words(
    """
    . .. ... … - -- --- – — ? na n.a. n/a #n/a #na nan null none nil missing absent abs. ill sick
    excused #div/0! #value! #ref! #name? #num! #null! #error! k.a. fehlt krank entschuldigt
    #wert! #nv #bezug! #zahl! #valeur! #nom? #n/d
    """
) | {"", "not available", "not measured", "no data", "no answer", "keine angabe"}

# A row below the names holds units, if most of it is made of these: cm, m/s, km/h.
UNITS = _words(
    """
    s sec seconds ms µs μs min h hr hours d day days week weeks month months yr year years a jahre
    m cm mm km µm μm nm dm in inch inches ft feet yd mi mile miles g kg mg µg t lb lbs oz n kn mn
    v mv kv ma µa ω ohm kω w mw kw kwh wh j kj mj cal kcal hz khz mhz pa kpa hpa mpa bar mbar atm
    k °c °f °k c f l ml cl dl mol mmol ph db lx lm cd rad deg ° % ‰ ppm $ € £ ¥ usd eur gbp chf m²
    m³ cm² cm³ mm² km² m2 m3 m^2 m^3 mph kmh rpm bpm count n pieces sekunden minuten stunden tage
    monate meter metres meters
    """
)

# A row at the end whose name has one of these is a total, a mean or the like.
TOTALS = _words(
    """
    total totals sum sums subtotal mean means average averages avg median overall summe gesamt
    insgesamt summen mittelw mittel schnitt somme moyenne moy suma promedio mediana totaal σ ∑ ø
    std stdev stdabw stabw sd standardabweichung varianz variance écart maximum minimum possible
    """
)
# German joins words: Klassendurchschnitt, Gesamtsumme.
TOTAL_ENDINGS = ("durchschnitt", "summe", "mittelwert", "notenschnitt")
# Names of people, too, and so of a total only beside another one.
BESIDE_TOTALS = _words("max min count n anzahl range sem mw media mode")
# A row among the others whose first cell has one of these sums up some of them.
SUBTOTALS = _words("total totals subtotal zwischensumme summe possible")

# A column with such a name, without spaces and signs, that counts up by one, counts the rows.
ROW_NUMBERS = _words(
    """
    nr no num number id index idx row rownames obs case lfd lfdnr pos nummer sno slno srno record
    unnamed0 messung messungnr versuch versuchnr versuchsnr trial trialno probe sample sampleno
    student studentno measurement
    """
)

# A column with such a name tells rows apart, and is no measurement.
IDENTIFIERS = _words(
    """
    id idnumber studentid userid sisid matrikelnummer plz zip zipcode postcode postalcode
    """
)

# A column with such a name holds what the rows are called.
ROW_LABELS = _words(
    """
    name id student pupil country city place region state product person group class code schüler
    land ort stadt klasse gruppe nom élève pays ville nombre alumno país ciudad sector station year
    bundesland kanton wohnort stadtteil quiz task
    """
)
