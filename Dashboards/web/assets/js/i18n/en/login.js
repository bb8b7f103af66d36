export default {
  "login.title": "Sign in", "login.text": "This box listens to machines for the people it knows.",
  "login.user": "User name", "login.password": "Password", "login.go": "Sign in",
  "login.wrong": "User name or password is not right.",
  "login.tooMany": "Too many attempts. Wait a minute, then try again.",
  "login.help": "No account yet? On the box:",
};
