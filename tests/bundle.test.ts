/** What is installed is the bundle: it holds every thread and process, starts, records a camera, and ends. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { basename } from 'node:path/posix'
import { expect, it } from 'vitest'
import { LOGIN, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id } from '../gateway/core/brand.ts'
import { createRecordedMedia } from '../gateway/media/record/reader.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { ENTRIES } from '../scripts/lib/gateway-build.ts'

const ROOT = join(import.meta.dirname, '..')

it('has an entry of its own for every file that is started as a thread or a process', () => {
  const named = ['gateway', 'adapters'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap(file =>
        [
          ...readFileSync(join(ROOT, folder, file), 'utf8').matchAll(
            /new URL\('(\.\/[\w-]+\.ts)', import\.meta\.url\)/g
          )
        ].map(([, name = '']) => join(folder, file, '..', name))
      )
  )
  const entries = Object.entries(ENTRIES)
  expect(
    named.filter(file => !entries.some(([name, entry]) => entry === file && `${name}.ts` === basename(file)))
  ).toEqual([])
})

it('starts, receives and records a camera, and ends', async () => {
  const dir = tempDir('bundle')
  const town = await startTown([{}], { discovery: false })
  const cameraId = id<CameraId>('cam-1')
  const camera = {
    ...SMALL_TOWN.cameras[0],
    id: cameraId,
    credential: 'cameras',
    streams: { main: { url: `rtsp://127.0.0.1:${town.rtspPort}/camera/1/main` } }
  }
  const setup = await prepareProcess(dir, { ...SMALL_TOWN, cameras: [camera] }, {})
  const secret = join(dir, 'secret')
  writeFileSync(secret, LOGIN.password)
  const login = ['--username', LOGIN.username, '--password-file', secret]
  await runCommand(['add-device', 'onvif', 'cameras', ...login, '-c', setup.configFile])
  const gateway = spawnGateway(setup)
  try {
    await gateway.ready
    const media = createRecordedMedia(join(dir, 'data', 'recordings'))
    await until(
      'the camera is recorded',
      async () => (await media.segments(cameraId, 'main', 0, Date.now() + 60_000)).length > 0
    )
    await gateway.kill('SIGTERM')
    expect(await gateway.exited).toBe(0)
  } finally {
    await gateway.kill('SIGKILL')
    await town.stop()
  }
})
