/** What a session leaves behind: nothing, however often a camera hangs up, since its stream lives for years. */
import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { scriptedCamera } from '../testing/scripted-camera.ts'
import { RtspSession } from './session.ts'

it('a session that ended listens to its stream no more', async () => {
  const camera = await scriptedCamera(({ method }, socket) => {
    if (method === 'PLAY') setImmediate(() => socket.destroy())
    return undefined
  })
  const abort = new AbortController()
  try {
    for (let n = 0; n < 5; n++) {
      const events = { playing() {}, packet() {}, senderReport() {}, firstSeen() {}, fault() {} }
      const session = new RtspSession({ url: camera.url, audio: false, clock: systemClock }, events)
      await expect(session.run(abort.signal)).rejects.toMatchObject({ kind: 'closed' })
    }
    expect(camera.asked.filter(({ method }) => method === 'PLAY')).toHaveLength(5)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  } finally {
    camera.close()
  }
})
