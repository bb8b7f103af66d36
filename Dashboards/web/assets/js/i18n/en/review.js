// Words of the review page.
export default {
  review: {
    title: "Review",
    lead: "Sounds the model was unsure of. Listen, and say what it is: decisions are kept with the sound's embedding and change this machine's judgement at once.",
    show: "Show", "tab.open": "To hear", "tab.decided": "Decided", list: "Sounds",
    none: "Nothing to review", "none.text": "Sounds the model is unsure of appear here by themselves.",
    noneDecided: "No decisions yet", "noneDecided.text": "What you decide appears here and can be undone.",
    "reason.undetermined": "unsure", "reason.near_miss": "near miss", "reason.manual": "asked for",
    "why.undetermined": "No label reached the threshold; \"{label}\" came closest with {confidence}.",
    "why.near_miss": "Nearly an alarm: \"{label}\" repeated, then broke off. This window scored {confidence}.",
    "why.manual": "Someone asked for this sound to be heard. The model says \"{label}\" with {confidence}.",
    sound: "Sound", window: "window", scores: "What the model heard",
    noClip: "No sound was kept", "noClip.text": "Capture is off for this machine, or the clip has expired. You can still decide by the scores.",
    question: "What is it?", confirm: "It is: {label}", other: "It is something else",
    reject: "Not \"{label}\", but I cannot say what", unusable: "Cannot be judged",
    comment: "Comment", "comment.hint": "optional", user: "Your name", "user.hint": "for the record",
    keys: "Keys: 1–9 choose, X not this, U cannot be judged, P play, J and K next and previous.",
    kept: "{decision}. Kept, thank you.", change: "{from} → {to}: {windows}", stop: ".", undo: "Undo", undone: "The decision was taken back.",
    by: "by {user}, {time}",
    "decided.confirm": "Confirmed: {label}", "decided.label": "Named: {label}", "decided.reject": "Not: {label}", "decided.unusable": "Cannot be judged",
  },
};
