/** Tickets pass for what they name, for 30 s, once where once is said, and in no other form. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../core/brand.ts'
import { issueTicket, readTicket, SingleUse } from './ticket.ts'

const SECRET = Buffer.alloc(32, 7)
const USER = id<UserId>('u-1')
const LIVE = { kind: 'live', cameraId: id<CameraId>('cam-1'), stream: 'sub' } as const

it('comes back as it was given, until it expires', () => {
  const ticket = issueTicket(SECRET, LIVE, USER, 1000)
  expect(readTicket(SECRET, ticket, 999)).toMatchObject({ ...LIVE, userId: USER, untilMs: 1000 })
  expect(readTicket(SECRET, ticket, 1000)).toBeUndefined()
  const file = issueTicket(SECRET, { kind: 'file', file: 'a.mp4' }, USER, 1000)
  expect(readTicket(SECRET, file, 0)).toMatchObject({ kind: 'file', file: 'a.mp4' })
  const audioOf = (audio?: boolean) => readTicket(SECRET, issueTicket(SECRET, { ...LIVE, audio }, USER, 1000), 0)
  expect([audioOf(), audioOf(false), audioOf(true)]).toMatchObject([
    { audio: false },
    { audio: false },
    { audio: true }
  ])
})

it('does not survive a changed character, another secret, or nonsense', () => {
  const ticket = issueTicket(SECRET, LIVE, USER, 1000)
  expect(readTicket(Buffer.alloc(32, 8), ticket, 0)).toBeUndefined()
  const last = ticket.length - 1
  fc.assert(
    fc.property(fc.nat(last - 1), fc.constantFrom(...'abcXYZ019-_.'), (at, character) => {
      const forged = ticket.slice(0, at) + character + ticket.slice(at + 1)
      if (forged !== ticket) expect(readTicket(SECRET, forged, 0)).toBeUndefined()
    })
  )
  fc.assert(
    fc.property(fc.string(), text => {
      expect(readTicket(SECRET, text, 0)).toBeUndefined()
    })
  )
})

it('is taken once, and forgotten after its time', () => {
  const used = new SingleUse()
  const ticket = readTicket(SECRET, issueTicket(SECRET, LIVE, USER, 1000), 0)
  if (!ticket) throw new Error('the ticket was not read')
  expect([used.take(ticket, 0), used.take(ticket, 10)]).toEqual([true, false])
})
