export default {
  "ack.button": "Acknowledge", "ack.title": "Acknowledge alarm",
  "ack.text": "You have seen this alarm, {label} on {machine}, and take care of it. The alarm stays until the sound is normal again.",
  "ack.user": "Your name", "ack.comment": "Comment (optional)", "ack.comment.hint": "What was found, what was done",
  "ack.done": "{label} acknowledged",
};
