export default {
decisions: {
 title: "What it was taught", count: { one: "{count} decision counts", other: "{count} decisions count" },
 none: "Nobody has decided anything yet", "none.text": "Confirm or reject a window on the Review page; the decision is listed here and can be taken back.",
 more: { one: "Show {count} more", other: "Show {count} more" }, window: "Window of", undone: "taken back by {user}, {time}",
 calibrated: "Calibrated from {count} decisions: temperature {temperature}; the expected calibration error fell from {before} to {after} points.",
 notCalibrated: "Confidences are used as the model gives them: a temperature of {temperature}, from {count} decisions, does not help on those it was not learned from.",
},
};
