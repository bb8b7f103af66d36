// Words of a machine's outlook.
export default {
  "outlook.title": "Where it is heading", "outlook.about": "Smoothed over {memory}; the slope's error takes windows as independent and is a lower bound.",
  "outlook.novelty": "Unlike its normal sound", "outlook.slope": "{value}, {slope}{error} points an hour", "outlook.slope.novelty": "{value}, {slope}{error} an hour",
  "outlook.between": "reaches {limit} between {earliest} and {latest} if it goes on like this", "outlook.reached": "is above {limit} already",
  "outlook.history_too_short": "no forecast: less than six hours of sound to judge by", "outlook.no_slope": "no forecast: it does not clearly rise",
  "outlook.too_far_off": "no forecast: it rises, but {limit} is too far off", "outlook.notYet": "no forecast has been made yet",
  "outlook.noveltyLimit": "limit {limit}; shown without a forecast", "outlook.made": "Forecast of {time}",
};
