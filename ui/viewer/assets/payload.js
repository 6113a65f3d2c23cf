// Lays the bytes of one plane on a shelf from which the viewer's store takes them; its turn (uint32) goes before them.
// A component of its own, and small, because Streamlit sends a component with its script again whenever its data change.

export default function ({ key, data, parentElement }) {
  parentElement.closest(".stElementContainer")?.style.setProperty("display", "none"); // or the column leaves a gap for it
  const name = Symbol.for("reading-room.planes");
  const shelf = (globalThis[name] ??= Object.assign(new EventTarget(), { parcels: new Map() }));
  const changed = () => shelf.dispatchEvent(new Event("change"));
  const turn = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  if (turn >= (parentElement.turn ?? 0)) {
    parentElement.turn = turn;
    shelf.parcels.set(key, data.subarray(4));
    changed();
  }
  return () => {
    shelf.parcels.delete(key);
    changed();
  };
}
