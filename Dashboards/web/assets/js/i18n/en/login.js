export default {
login: {
 title: "Sign in", text: "This box listens to machines for the people it knows.",
 user: "User name", password: "Password", go: "Sign in",
 wrong: "User name or password is not right.",
 tooMany: "Too many attempts. Wait a minute, then try again.",
 help: "No account yet? On the box:",
},
};
