/** Tickets for live pictures and for their sound: by the same rules, each on record before it is given. */
import { expect, test } from 'vitest'
import type { Media } from '../core/media.ts'
import { logIn } from '../testing/console-client.ts'
import { createFakeMedia } from '../testing/fake-media.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'

test('listening is asked for by itself, by the rules of looking, and is on record as listening before the ticket is given', async () => {
  const given: Parameters<Media['liveTicket']>[] = []
  const fake = createFakeMedia()
  const media = {
    ...fake,
    liveTicket: (...asked: Parameters<Media['liveTicket']>) => {
      given.push(asked)
      if (asked[0] === 'c2') throw new Error('the worker is away')
      return fake.liveTicket(...asked)
    }
  }
  const protocol = createFakeProtocol()
  const options = { dir: tempDir('live-ticket'), adapters: [protocol.definition], registry: SMALL_TOWN }
  const running = await runGateway({ ...options, media: () => media })
  const operator = await logIn(running.url, '10001', await running.person('10001', 'operator'), 1)
  const admin = await logIn(running.url, '10009', await running.person('10009', 'administrator'))
  const ask = async (camera: string, body: object, who = operator) =>
    (await who.post(`/api/cameras/${camera}/ticket`, body)).status
  const sound = { stream: 'sub', audio: true }

  expect(await ask('c1', { stream: 'sub' })).toBe(200)
  expect(await ask('c1', sound)).toBe(200)
  expect(await ask('c3', sound)).toBe(403)
  expect(await ask('c3', { ...sound, reason: '居民要求听现场' })).toBe(200)
  expect(await ask('c2', sound)).toBe(500)
  // Who may not look may not listen, and what is no wish is none.
  expect(await ask('c1', sound, admin)).toBe(403)
  const dispatcher = await logIn(
    running.url,
    '20001',
    await running.person('20001', 'taxiDispatcher', { fleetId: 'f1' })
  )
  expect(await (await dispatcher.post('/api/cameras/c3/ticket', { stream: 'sub' })).json()).toMatchObject({
    error: 'NOT_ALLOWED',
    detail: { camera: 'c3' }
  })
  expect(await ask('c1', { stream: 'sub', audio: 'yes' })).toBe(400)

  expect(given.map(([camera, stream, , near, audio]) => [camera, stream, near, audio])).toEqual([
    ['c1', 'sub', false, false],
    ['c1', 'sub', false, true],
    ['c3', 'sub', false, true],
    ['c2', 'sub', false, true]
  ])
  const entries = await running.gateway.store.auditTail(50)
  const looks = entries.filter(({ action }) => action === 'cameraView').toReversed()
  expect(looks.map(({ object, outcome, reason, detail }) => [object, outcome, reason, detail])).toEqual([
    ['camera:c1', 'done', 'public', undefined],
    ['camera:c1', 'done', 'public', { audio: true }],
    ['camera:c3', 'refused', 'CAMERA_CLOSED', { audio: true }],
    ['camera:c3', 'done', '居民要求听现场', { audio: true }],
    ['camera:c2', 'done', 'public', { audio: true }],
    ['camera:c3', 'refused', 'NOT_ALLOWED', undefined]
  ])
  await running.stop()
})
