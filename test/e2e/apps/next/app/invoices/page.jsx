/** The proxy lets in whoever may write invoices. */
export default function Invoices() {
  return <p>The page of those who write invoices</p>;
}
