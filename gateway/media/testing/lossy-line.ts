/** A UDP line between a browser and one of our ports that loses packets towards the browser, the same ones in every run. */
import { createSocket } from 'node:dgram'

export interface LossyLine {
  /** Where the browser is to send to. */
  readonly port: number
  /** Of a thousand packets so many are lost. */
  permille: number
  /** Packets lost so far. */
  readonly lost: number
  close(): void
}

/** Nothing is lost until `permille` is set. */
export async function startLossyLine(to: number): Promise<LossyLine> {
  const [near, far] = [createSocket('udp4'), createSocket('udp4')]
  const state = { permille: 0, lost: 0, seen: 0, browser: 0 }
  near.on('message', (data, { port }) => {
    state.browser = port
    far.send(data, to, '127.0.0.1')
  })
  far.on('message', data => {
    // Spread, and repeatable: multiples of a prime.
    if ((state.seen++ * 619) % 1000 < state.permille) state.lost++
    else near.send(data, state.browser, '127.0.0.1')
  })
  for (const socket of [near, far]) await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', () => resolve()))
  return Object.assign(state, {
    port: near.address().port,
    close: () => {
      near.close()
      far.close()
    }
  })
}
