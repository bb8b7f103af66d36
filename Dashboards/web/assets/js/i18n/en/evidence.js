export default {
  "evidence.sentence": "{label} in {count} windows in a row above {threshold}: {values}.",
  "evidence.changed": "{count} windows in a row were unlike the machine's own normal sound, and no label says how.",
  "evidence.windows": "Windows that raised the alarm", "evidence.scores": "Scores of this window", "evidence.sound": "Sound of the alarm",
  "evidence.window": "Window {n} of {of}, {from} to {to}",
  "evidence.kept": "Kept from {from}, {seconds} s; the marked stretches are the windows that counted.",
  "evidence.noSound": "No sound was kept", "evidence.noSound.text": "Capture was off for this machine, or the clip has passed its retention.",
  "evidence.soon": "The sound is being kept", "evidence.soon.text": "It appears here when the seconds after the alarm have been heard, too.",
  "evidence.noWindows": "The windows of this alarm are no longer in the log.",
};
