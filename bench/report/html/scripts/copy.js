// Copies a command.
for (const box of navigator.clipboard ? document.querySelectorAll(".command") : []) {
  const code = box.querySelector("code");
  const button = html("button", { type: "button", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy ${code.textContent}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  box.append(button);
}
