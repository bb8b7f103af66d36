"""What the audio tower is taught to tell apart: the states of five kinds of machine, and every kind of ambient sound.

A class is "KIND/STATE" for what belongs to one kind of machine, "any/STATE" for what a phrase says that names no machine
and that several kinds have ("normal running", "motor overheating"), `other`, or the name of an ambient sound.
"""

STATES = {
    "compressor": ["normal", "bearing-lacking-oil", "valve-plate-broken", "motor-overheating"],
    "pump": ["normal", "cavitation", "bearing-worn", "running-dry", "seal-leaking", "coupling-loose"],
    "fan": ["normal", "unbalance", "blade-rubbing", "bearing-lacking-grease", "filter-clogged"],
    "motor": ["normal", "bearing-outer-race", "rotor-bar-broken", "motor-overheating", "foundation-loose"],
    "gearbox": ["normal", "tooth-broken", "gears-worn", "misalignment", "gears-lacking-oil"],
}
KINDS = list(STATES)
MACHINE = [f"{kind}/{state}" for kind, states in STATES.items() for state in states]

# What several kinds of machine have in common; the class is right for every one of its members.
SHARED = {
    "any/normal": [f"{kind}/normal" for kind in KINDS],
    "any/fault": [name for name in MACHINE if not name.endswith("/normal")],
    "any/bearing-dry": ["compressor/bearing-lacking-oil", "fan/bearing-lacking-grease"],
    "any/bearing-damaged": ["pump/bearing-worn", "motor/bearing-outer-race"],
    "any/bearing-fault": [
        "compressor/bearing-lacking-oil", "fan/bearing-lacking-grease", "pump/bearing-worn", "motor/bearing-outer-race",
    ],
    "any/motor-overheating": ["compressor/motor-overheating", "motor/motor-overheating"],
}  # fmt: skip
AMBIENT = [
    "room-tone", "speech", "babble", "singing", "music", "melody", "alarm-beep", "siren", "telephone", "bell",
    "hammering", "knocking", "footsteps", "keyboard", "clock", "applause", "rain", "wind", "stream", "traffic", "train",
    "car", "birds", "crickets", "dog", "door", "fan", "air-conditioner", "power-tool", "white-noise", "steam",
    "mains-hum", "glass", "forklift",
]  # fmt: skip

# Prototypes, in this order.
CLASSES = MACHINE + list(SHARED) + ["other"] + AMBIENT
OTHER = CLASSES.index("other")
FIRST_AMBIENT = OTHER + 1


def class_name(row):
    """The finest class of a manifest row that has its `kind` beside it."""
    return row["detail"] if row["label"] == "other" else f"{row['kind']}/{row['detail']}"


def class_index(row):
    return CLASSES.index(class_name(row))


def offered(kind):
    """The classes a window of `kind` is judged among: its own states, and other."""
    return [f"{kind}/{state}" for state in STATES[kind]] + ["other"]


def offered_shared(kind, coarse=False):
    """The same with the shared class in the place of every state that has one; `coarse` takes "bearing fault" for the
    more exact words about bearings. `any/fault` stands for all faults, so it is no substitute for one of them."""
    unused = ["any/fault"] + (["any/bearing-dry", "any/bearing-damaged"] if coarse else ["any/bearing-fault"])
    substitutes = {member: name for name, members in SHARED.items() if name not in unused for member in members}
    return [substitutes.get(name, name) for name in offered(kind)]


def label_index(row):
    """The place of a row's label among those offered to its kind."""
    return len(STATES[row["kind"]]) if row["label"] == "other" else STATES[row["kind"]].index(row["label"])
