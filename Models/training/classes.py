"""What the audio tower is taught to tell apart: five labels, and under `other` every kind of ambient sound."""

LABELS = ["normal", "bearing-lacking-oil", "valve-plate-broken", "motor-overheating", "other"]
AMBIENT = [
    "room-tone", "speech", "babble", "singing", "music", "melody", "alarm-beep", "siren", "telephone", "bell",
    "hammering", "knocking", "footsteps", "keyboard", "clock", "applause", "rain", "wind", "stream", "traffic", "train",
    "car", "birds", "crickets", "dog", "door", "fan", "air-conditioner", "power-tool", "white-noise", "steam",
    "mains-hum", "glass", "forklift",
]  # fmt: skip

# Prototypes: the five labels first, then the ambient kinds.
CLASSES = LABELS + AMBIENT
OTHER = LABELS.index("other")


def class_index(row):
    """The finest class of a manifest row."""
    return CLASSES.index(row["detail"])
