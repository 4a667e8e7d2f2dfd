"""The pages of the course, in order."""

# The course, in order: file, title, address, and the one question of each page.
COURSE = (
    ("lessons/home.py", "Start", "", "What does the learning rate do?"),
    ("lessons/data.py", "Data", "data", "How wrong is a line?"),
    (
        "lessons/loss_surface.py",
        "Loss surface",
        "loss-surface",
        "Where is the least wrong line, and which way is down?",
    ),
    (
        "lessons/gradient_steps.py",
        "Gradient steps",
        "gradient-steps",
        "What exactly happens in one step, and in 200?",
    ),
    (
        "lessons/learning_rates.py",
        "Learning rates",
        "learning-rates",
        "How large may a step be, and who decides?",
    ),
    (
        "lessons/mistakes.py",
        "Mistakes",
        "mistakes",
        "What does it look like when the code is wrong?",
    ),
    (
        "lessons/hot_dog.py",
        "Hot dog or not",
        "hot-dog",
        "Does it still work with thousands of weights?",
    ),
)
