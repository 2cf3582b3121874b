/** Datagrams that would end the process if their answer were sent without thought, and frames that hold more than a panel says. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { decodeReports } from './decode.ts'
import { encodeFrame } from './frame.ts'
import { serveDatagrams } from './session.ts'

const FRAME = encodeFrame('"NULL"0001L0#1234[]')
const from = (port: number) => ({ address: '127.0.0.1', family: 'IPv4' as const, port, size: FRAME.length })

it('gives a datagram from source port 0 no answer, and serves the next', async () => {
  const fake = createFakeHost()
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let received = 0
  serveDatagrams(socket, fake.host, {
    receive: async () => {
      received += 1
      return FRAME
    },
    stop: () => {}
  })
  socket.emit('message', FRAME, from(0))
  const peer = createSocket('udp4')
  const answered = once(peer, 'message')
  peer.send(FRAME, socket.address().port, '127.0.0.1')
  expect((await answered)[0]).toEqual(FRAME)
  expect(received).toBe(1)
  expect(fake.rejections.map(({ reason }) => reason)).toEqual(['badPort'])
  peer.close()
  socket.close()
})

it('says nothing where its socket has closed while the journal worked', async () => {
  const fake = createFakeHost()
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  serveDatagrams(socket, fake.host, { receive: () => promise, stop: () => {} })
  socket.emit('message', FRAME, from(9))
  const closed = once(socket, 'close')
  socket.close()
  await closed
  // A throw in the answer would be an unhandled rejection, which fails the run.
  resolve(FRAME)
  await promise
  expect(fake.rejections).toEqual([])
})

it('reads a panic behind any number of openings, and says what it left out', () => {
  const reports = decodeReports('SIA-DCS', `N${'OP1'.repeat(900)}PA7`)
  expect(reports).toHaveLength(33)
  expect(reports.some(({ row, zone }) => row?.alarmClass === 'panic' && zone === '7')).toBe(true)
  expect(reports.at(-1)).toMatchObject({ kind: 'alarm', text: { en: expect.stringContaining('869 not read') } })
  const many = decodeReports('SIA-DCS', `N${'PA7'.repeat(200)}`)
  expect(many).toHaveLength(129)
})
