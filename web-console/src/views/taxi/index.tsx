/** The taxi view. */
export default function TaxiView() {
  return <main />
}
