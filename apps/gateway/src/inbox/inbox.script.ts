/** Shows new messages as they come. It is sent to the browser as text, so it uses nothing from outside its own body. */
export function inboxScript(): void {
  const { newest = '' } = document.currentScript!.dataset;
  const address = `${location.pathname.replace(/\/$/, '')}/messages${location.search}`;
  const look = async () => {
    const answer = await fetch(address);
    const { data } = (await answer.json()) as { data: { id: string }[] };
    if ((data[0]?.id ?? '') !== newest) location.reload();
  };
  setInterval(() => void look().catch(() => undefined), 2000);
}
