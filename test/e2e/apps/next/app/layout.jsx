import { ClerkProvider } from '@clerk/nextjs';

export const metadata = { title: 'An app of the tests', icons: 'data:,' };

export default function Layout({ children }) {
  return (
    <ClerkProvider>
      <html lang="en">
        <body>{children}</body>
      </html>
    </ClerkProvider>
  );
}
