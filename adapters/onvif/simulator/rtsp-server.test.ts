/** The simulated cameras over TLS: an independent client reads them, and the adapter hears of it. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createFakeHost } from '../../../gateway/testing/fake-host.ts'
import { tempDir } from '../../../gateway/testing/temp-dir.ts'
import { until } from '../../../gateway/testing/wait.ts'
import { LOGIN, startAdapter, startTown } from '../testing.ts'

const run = promisify(execFile)

it('speaks RTSPS on the same port as RTSP, and ffmpeg decodes both without a complaint', async () => {
  const town = await startTown([{}], { discovery: false })
  try {
    for (const scheme of ['rtsps', 'rtsp']) {
      const url = `${scheme}://${LOGIN.username}:${LOGIN.password}@127.0.0.1:${town.rtspPort}/camera/1/sub`
      const input = ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url]
      const { stderr } = await run('ffmpeg', [...input, '-frames:v', '20', '-f', 'null', '-'])
      expect(stderr).toBe('')
    }
  } finally {
    await town.stop()
  }
})

it('keeps its certificate from start to start where it is told to, and makes a new one elsewhere', async () => {
  const certificateFile = join(tempDir('rtsps'), 'cameras.pem')
  const print = async (settings: { readonly certificateFile?: string }) => {
    const town = await startTown([{}], { discovery: false, ...settings })
    const socket = connect({ host: '127.0.0.1', port: town.rtspPort, rejectUnauthorized: false })
    try {
      await once(socket, 'secureConnect')
      return socket.getPeerX509Certificate()?.fingerprint256
    } finally {
      socket.destroy()
      await town.stop()
    }
  }
  const first = await print({ certificateFile })
  expect(first).toMatch(/^[0-9A-F:]{95}$/)
  expect(await print({ certificateFile })).toBe(first)
  expect(await print({})).not.toBe(first)
})

it('offers rtsps:// of a secure camera by ONVIF', async () => {
  const town = await startTown([{ secure: true }])
  const fake = createFakeHost()
  const host = { ...fake.host, credential: async (key: string) => (key === 'cameras' ? LOGIN : undefined) }
  const adapter = startAdapter({ ...fake, host }, { discoveryPort: town.discoveryPort })
  try {
    await until('the camera', () => fake.cameras.some(camera => camera.main?.url.startsWith('rtsps://')))
  } finally {
    await adapter.stop()
    await town.stop()
  }
})

it('tells the main stream of H.265 and the sub stream of H.264 of a camera that has both', async () => {
  const town = await startTown([{ number: 7, codec: { main: 'h265', sub: 'h264' } }])
  const fake = createFakeHost()
  const host = { ...fake.host, credential: async (key: string) => (key === 'cameras' ? LOGIN : undefined) }
  const adapter = startAdapter({ ...fake, host }, { discoveryPort: town.discoveryPort })
  try {
    const found = await until('the camera', () => fake.cameras.find(camera => camera.main && camera.sub))
    expect(found).toMatchObject({ main: { codec: 'h265', width: 1280 }, sub: { codec: 'h264', width: 640 } })
    for (const [url, codec] of [
      [found.main?.url, 'hevc'],
      [found.sub?.url, 'h264']
    ]) {
      const withLogin = url?.replace('rtsp://', `rtsp://${LOGIN.username}:${LOGIN.password}@`) ?? ''
      const fields = ['-show_entries', 'stream=codec_name', '-of', 'csv=p=0']
      const { stdout } = await run('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', ...fields, withLogin])
      expect(stdout.trim()).toBe(codec)
    }
  } finally {
    await adapter.stop()
    await town.stop()
  }
})
