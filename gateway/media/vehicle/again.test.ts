/** A vehicle that is asked for its sound ends its connection and is back at once: its picture goes on. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { until } from '../../testing/wait.ts'
import { ConnectGate } from '../ingest/gate.ts'
import { Stream } from '../ingest/stream.ts'
import { encode } from '../testing/encode.ts'
import { annexB, packet, SIM } from '../testing/vehicle-packets.ts'
import { VehiclePort } from './port.ts'

it('is taken without a pause, also when its old connection was seen to end before it dials again', async () => {
  const clock = createFakeClock()
  const vehicles = new VehiclePort(clock)
  const port = await vehicles.start(0, '127.0.0.1')
  onTestFinished(() => vehicles.stop())
  const stream = new Stream({
    source: { url: `jt1078://${SIM}/1`, transport: 'tcp' },
    ...{ vehicles, gate: new ConnectGate(clock), clock, log: silentLog },
    ring: { preRollMs: 1_000, maxBytes: 4 * 1024 * 1024 },
    firstSeen: () => undefined,
    changed: () => undefined
  })
  let units = 0
  stream.onUnit(() => {
    units += 1
  })
  stream.open()
  onTestFinished(() => stream.close())
  const pictures = encode({ seconds: 1, gop: 5, fps: 10, size: '160x90' }).map(annexB)
  const dial = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    pictures.forEach(
      (picture, n) => void socket.write(packet(n, picture, { kind: n % 5 === 0 ? 0 : 1, timeMs: n * 100 }))
    )
    return socket
  }
  const old = await dial()
  await until('pictures', () => units > 5)
  old.destroy()
  await until('the old connection is over', () => stream.health().error?.startsWith('closed'))
  const before = units
  onTestFinished(() => void anew.destroy())
  const anew = await dial()
  await until('pictures again', () => units > before + 5, 10_000)
  expect(vehicles.refused).toBe(0)
})
