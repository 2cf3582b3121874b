/** The simulated cameras over TLS: an independent client reads them, and the adapter hears of it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createFakeHost } from '../../../gateway/testing/fake-host.ts'
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
