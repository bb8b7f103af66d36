export default {
outlook: {
 title: "Where it is heading", about: "Smoothed over {memory}; the slope's error takes windows as independent and is a lower bound.",
 novelty: "Unlike its normal sound", slope: "{value}, {slope}{error} points an hour", "slope.novelty": "{value}, {slope}{error} an hour",
 between: "reaches {limit} between {earliest} and {latest} if it goes on like this", reached: "is above {limit} already",
 history_too_short: "no forecast: less than six hours of sound to judge by", no_slope: "no forecast: it does not clearly rise",
 too_far_off: "no forecast: it rises, but {limit} is too far off", notYet: "no forecast has been made yet",
 noveltyLimit: "limit {limit}; shown without a forecast", made: "Forecast of {time}",
},
};
