/** The map view. */
export default function MapView() {
  return <main />
}
