/** At most one camera is heard at a time, in all windows of this browser: who begins to listen takes the sound from who has it. */

let lose: (() => void) | undefined
const windows = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('pingan.heard')
if (windows) windows.onmessage = () => drop()

function drop(): void {
  const before = lose
  lose = undefined
  before?.()
}

/** `onLost` is called once, when another camera is listened to; call what comes back when the sound is given up. */
export function takeSound(onLost: () => void): () => void {
  drop()
  lose = onLost
  windows?.postMessage('taken')
  return () => {
    if (lose === onLost) lose = undefined
  }
}
