"""What one would write after the lesson: the loop in the page, run for three rates at each change.

A baseline for our pages: the lesson's own loop, without a cache and without ``Dataset.fold``.
"""

import pandas as pd
import streamlit as st
import tensorflow as tf

from core.datasets import make_noisy_line

STEPS = 200

rate = st.slider("learning rate", 0.01, 0.7, 0.1, 0.01)
data = make_noisy_line()
x, y = tf.constant(data.x), tf.constant(data.y)
losses: dict[str, list[float]] = {}
for learning_rate in (rate / 10, rate / 3, rate):
    w, b = tf.Variable(0.0, dtype=tf.float64), tf.Variable(-1.0, dtype=tf.float64)
    kept = losses[f"{learning_rate:.3g}"] = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(w * x + b - y))
        gradients = tape.gradient(loss, [w, b])
        w.assign_sub(learning_rate * gradients[0])
        b.assign_sub(learning_rate * gradients[1])
        kept.append(float(loss))
st.line_chart(pd.DataFrame(losses))
