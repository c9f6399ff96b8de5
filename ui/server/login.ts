/** The page that asks for the token: no script, the same style sheet. */
export function loginPage(wasWrong: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>leakwatch</title>
<link rel="stylesheet" href="/login.css">
</head>
<body>
<main class="login">
<h1>leakwatch</h1>
<form method="post" action="/login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
    wasWrong ? ' aria-invalid="true" aria-describedby="wrong"' : ""
  }>
${wasWrong ? '<p id="wrong" role="alert">Wrong token.</p>' : ""}
<button>Open</button>
<p class="hint">It is in the address that leakwatch printed, or in the file that <code>--token-file</code> names.</p>
</form>
</main>
</body>
</html>
`;
}
