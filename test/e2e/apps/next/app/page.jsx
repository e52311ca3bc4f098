import { Show, UserButton } from '@clerk/nextjs';

export default function Home() {
  return (
    <main>
      <Show when="signed-in">
        <UserButton />
        <p>Somebody is signed in</p>
      </Show>
      <Show when="signed-out">
        <p>Nobody is signed in</p>
      </Show>
    </main>
  );
}
