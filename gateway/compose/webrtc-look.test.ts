/** POST /api/cameras/:id/ticket for WebRTC: only where it is switched on, by the rules of every look, and on record as what it is. */
import { expect, test } from 'vitest'
import type { ConsoleSettings } from '../core/wire.ts'
import { logIn } from '../testing/console-client.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'

async function start(webrtc: object) {
  const running = await runGateway({
    dir: tempDir('webrtc-look'),
    adapters: [createFakeProtocol().definition],
    registry: SMALL_TOWN,
    config: { media: { webrtc } }
  })
  const operator = await logIn(running.url, '10001', await running.person('10001', 'operator'), 1)
  const ask = (camera: string, more: object = {}) =>
    operator.post(`/api/cameras/${camera}/ticket`, { stream: 'main', webrtc: true, ...more })
  const looks = async () =>
    (await running.gateway.store.auditTail(50)).filter(entry => entry.action === 'cameraView').reverse()
  const settings = async () => (await (await operator.get('/api/settings')).json()) as ConsoleSettings
  return { running, operator, ask, looks, settings }
}

test('is refused where it is off, and says so before anything is on record', async () => {
  const { running, operator, ask, looks, settings } = await start({})
  expect((await settings()).webrtc).toBe(false)
  const refused = await ask('c1')
  expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([409, 'WEBRTC_OFF'])
  expect(await looks()).toEqual([])
  expect((await operator.post('/api/cameras/c1/ticket', { stream: 'main' })).status).toBe(200)
  expect((await looks()).map(({ detail }) => detail)).toEqual([undefined])
  await running.stop()
})

test('is a look by the same rules, and the audit log says how', async () => {
  const { running, ask, looks, settings } = await start({ enabled: true })
  expect((await settings()).webrtc).toBe(true)
  expect((await ask('c1')).status).toBe(200)
  expect((await ask('c3')).status).toBe(403)
  expect((await ask('c3', { reason: '店主请求协助' })).status).toBe(200)
  expect((await looks()).map(({ outcome, reason, detail }) => [outcome, reason, detail]).sort()).toEqual(
    [
      ['done', 'public', { by: 'webrtc' }],
      ['done', '店主请求协助', { by: 'webrtc' }],
      ['refused', 'CAMERA_CLOSED', { by: 'webrtc' }]
    ].sort()
  )
  expect((await ask('c1', { webrtc: 'yes' })).status).toBe(400)
  await running.stop()
})
