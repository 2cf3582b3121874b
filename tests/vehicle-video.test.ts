/** In-car video on the whole gateway: a press asks the cabin camera, its pictures are live under rule 9 and recorded as evidence, ffprobe reads them, and 0x9102 ends it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { definition as jt808 } from '../adapters/jt808/index.ts'
import { createTaxi } from '../adapters/jt808/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { EvidenceDetail } from '../gateway/core/wire.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane, type MediaPlane } from '../gateway/media/plane.ts'
import { codecsIn } from '../gateway/media/testing/sound.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)
const PHONE = '013900000007'
const CAMERA = `jt808:${PHONE}/1`
const POST_ROLL_MS = 6_000

test('the cabin camera of a taxi that presses: asked, live, recorded from its first picture, heard by a leader’s word, ended with the incident', async () => {
  const dir = tempDir('vehicle-video')
  const evidenceDir = join(dir, 'data', 'evidence')
  let plane: MediaPlane | undefined
  const running = await runGateway({
    dir,
    adapters: [jt808],
    registry: {
      ...SMALL_TOWN,
      cameras: SMALL_TOWN.cameras.slice(0, 1),
      subjects: SMALL_TOWN.subjects.map(each =>
        each.id === 'taxi' ? { ...each, cameras: [{ channel: 1, name: '车内' }] } : each
      )
    },
    config: {
      adapters: { jt808: { listenIn: true } },
      media: { basePort: 0, workers: 1, postRollMs: POST_ROLL_MS, vehicleVideo: { enabled: true, port: 0 } }
    },
    media: ({ ticketSecret }) => {
      plane = createMediaPlane({
        ...{ workers: 2, basePort: 0, bindAddress: '127.0.0.1', evidenceDir, ffmpegPath: 'ffmpeg', vehiclePort: 0 },
        recording: { dir: join(dir, 'data', 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{ preRollMs: 5_000, ticketSecret, clock: systemClock, log: silentLog }
      })
      return plane
    }
  })
  const login = (who: string, role: 'operator' | 'leader', seat: number) =>
    running.person(who, role).then(password => logIn(running.url, who, password, seat))
  const operator = await login('10001', 'operator', 1)
  const dispatcher = async (who: string, fleetId: string) =>
    logIn(running.url, who, await running.person(who, 'taxiDispatcher', { fleetId }))
  const own = await dispatcher('20001', 'fleet-1')
  const foreign = await dispatcher('20002', 'fleet-2')
  await operator.connect()
  const taxi = createTaxi({
    ...{ host: '127.0.0.1', port: running.port('adapters.jt808.port'), phone: PHONE, plate: '闽J·T0637' },
    ...{ version: 2013, reportMs: 500, place: () => ({ lat: 27.03, lon: 119.61, speedKmh: 30, headingDeg: 0 }) }
  })
  try {
    taxi.start()
    await until('the taxi on line', () => taxi.status.online)
    const ticket = async (client: ConsoleClient) =>
      client.post(`/api/cameras/${encodeURIComponent(CAMERA)}/ticket`, { stream: 'main' })
    // Without an incident nobody looks into a car, and no picture comes.
    for (const client of [operator, own]) expect((await ticket(client)).status).toBe(403)
    expect(taxi.status.video.asked).toBe(0)

    await taxi.press()
    await until('the video', () => taxi.status.video.sending)
    await until('live pictures', () => plane?.health().some(each => each.cameraId === CAMERA && each.state === 'live'))
    const incident = () => [...running.gateway.incidents.all()][0] as Incident
    expect(incident().cameras[0]).toMatchObject({ cameraId: CAMERA, name: '闽J·T0637 车内', distanceM: 0 })
    const granted = await ticket(operator)
    expect(granted.status).toBe(200)
    // The desk sees into its own car, not into others', nor along the street.
    expect((await ticket(own)).status).toBe(200)
    const refused = await ticket(foreign)
    expect(refused.status).toBe(403)
    // Whose car it is, is not theirs to know.
    expect(await refused.json()).toMatchObject({ error: 'CAMERA_CLOSED', detail: { camera: CAMERA } })
    expect((await own.post('/api/cameras/c1/ticket', { stream: 'main', reason: '我想看一看' })).status).toBe(403)
    const looks = (await running.gateway.store.auditTail(100)).filter(entry => entry.object === `camera:${CAMERA}`)
    expect(looks.map(entry => [entry.who.slice(0, 5), entry.outcome]).toReversed()).toEqual([
      ['10001', 'refused'],
      ['20001', 'refused'],
      ['10001', 'done'],
      ['20001', 'done'],
      ['20002', 'refused']
    ])
    expect(looks[2]?.detail).toMatchObject({ incidentId: incident().id })

    // Nobody hears the cabin before a leader lets him; then the floor does, the desk does not, and it is kept.
    const listen = (client: ConsoleClient) =>
      client.post(`/api/cameras/${encodeURIComponent(CAMERA)}/ticket`, { stream: 'main', audio: true })
    expect((await listen(operator)).status).toBe(403)
    await operator.post(`/api/incidents/${incident().id}/actions`, { action: 'acknowledge' })
    const order = { source: `jt808:${PHONE}`, command: { kind: 'cabinSound' } }
    const ask = (body: object) => operator.post(`/api/incidents/${incident().id}/commands`, { ...order, ...body })
    expect((await ask({})).status).toBe(403)
    const leaderPassword = await running.person('10008', 'leader')
    const word = { confirmedBy: '10008', confirmedByPassword: leaderPassword }
    expect(await (await ask(word)).json()).toEqual({ result: 'done' })
    await until('the sound', () => taxi.status.video.heard && incident().cameras[0]?.heard)
    await until('it is heard', () => plane?.health().some(each => each.cameraId === CAMERA && each.sound === 'pcma'))
    expect([(await listen(operator)).status, (await listen(own)).status]).toEqual([200, 403])
    expect((await ask(word)).status).toBe(409)

    const clip = await until('the clip', () =>
      incident().evidence.find(item => item.kind === 'clip' && item.state === 'ready' && !item.heard)
    )
    expect(clip).toMatchObject({ cameraId: CAMERA, codec: expect.stringMatching(/^avc1/), width: 640, height: 360 })
    expect(clip.actualFromMs).toBeGreaterThanOrEqual(incident().openedAtMs - 500)
    expect(clip.actualFromMs).toBeLessThan(incident().openedAtMs + 10_000)
    const probed = await probe(join(evidenceDir, clip.file ?? ''))
    expect(probed).toMatchObject({ codec: 'h264', width: 640, height: 360 })
    // Its picture begins anew when it is asked for the sound as well.
    expect(probed.frames).toBeGreaterThanOrEqual(1)
    // A seal follows its item by a moment.
    const signed = await until('its seal', async () => {
      const detail = (await (await operator.get(`/api/evidence/${clip.id}`)).json()) as EvidenceDetail
      return detail.manifest
    })
    const manifest = JSON.parse(signed) as { camera: object; origin: object }
    expect(manifest.origin).toMatchObject({ sourceId: `jt808:${PHONE}`, channel: 1 })
    expect(manifest.camera).not.toHaveProperty('position')

    for (const action of [{ action: 'verify' }])
      expect((await operator.post(`/api/incidents/${incident().id}/actions`, action)).status).toBe(200)
    const over = { action: 'resolve', disposition: 'false-misuse', feedback: '对上暗语' }
    expect((await operator.post(`/api/incidents/${incident().id}/actions`, over)).status).toBe(200)
    const heard = await until('the clip with sound', () =>
      incident().evidence.find(item => item.heard && item.state === 'ready')
    )
    expect(heard).toMatchObject({ cameraId: CAMERA, codec: expect.stringMatching(/^avc1/) })
    expect(await codecsIn(join(evidenceDir, heard.file ?? ''))).toEqual(['h264', 'flac'])
    await until('0x9102', () => taxi.status.video.ended === 1 && !taxi.status.video.sending)
    await until('the plane has let it go', () => !plane?.health().some(each => each.cameraId === CAMERA))
    for (const client of [operator, own]) expect((await ticket(client)).status).toBe(403)
  } finally {
    await taxi.stop()
    operator.close()
    await running.stop()
  }
})

async function probe(file: string) {
  const fields = 'stream=codec_name,width,height,nb_read_frames'
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', fields, '-of', 'json', file]
  ])
  const [stream] = (JSON.parse(stdout) as { streams: Record<string, string | number>[] }).streams
  return {
    codec: stream?.codec_name,
    width: stream?.width,
    height: stream?.height,
    frames: Number(stream?.nb_read_frames)
  }
}
