export default {
ack: {
 button: "Acknowledge", title: "Acknowledge alarm",
 text: "You have seen this alarm, {label} on {machine}, and take care of it. The alarm stays until the sound is normal again.",
 user: "Your name", comment: "Comment (optional)", "comment.hint": "What was found, what was done",
 done: "{label} acknowledged",
},
};
