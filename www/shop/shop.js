// Commands may come before the chat does: they wait in this queue.
window.Porchlight = window.Porchlight || function () { (Porchlight.q = Porchlight.q || []).push(arguments) }
document.getElementById('ask').addEventListener('click', () => Porchlight('open'))
