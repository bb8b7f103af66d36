export default {
evidence: {
 sentence: "{label} in {count} windows in a row above {threshold}: {values}.",
 changed: "{count} windows in a row were unlike the machine's own normal sound, and no label says how.",
 windows: "Windows that raised the alarm", scores: "Scores of this window", sound: "Sound of the alarm",
 window: "Window {n} of {of}, {from} to {to}",
 kept: "Kept from {from}, {seconds} s; the marked stretches are the windows that counted.",
 noSound: "No sound was kept", "noSound.text": "Capture was off for this machine, or the clip has passed its retention.",
 soon: "The sound is being kept", "soon.text": "It appears here when the seconds after the alarm have been heard, too.",
 noWindows: "The windows of this alarm are no longer in the log.",
},
};
