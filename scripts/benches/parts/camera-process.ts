/** A process of simulated cameras for benches: tells its RTSP port over IPC, ends with its parent. */
import { join } from 'node:path'
import { createCameraTown } from '../../../adapters/onvif/simulator.ts'

const count = Number(process.argv[2] ?? 18)
const password = process.env.BENCH_CAMERA_PASSWORD ?? ''
const town = createCameraTown({
  cameras: Array.from({ length: count }, (_, n) => ({
    number: n + 1,
    endpoint: `urn:uuid:bench-${n + 1}`,
    name: `相机 ${n + 1}`
  })),
  loopsDir: join(import.meta.dirname, '..', '..', '..', 'config', 'scenarios', 'loops'),
  login: { username: 'cameras', password },
  httpPort: 0,
  rtspPort: 0,
  discovery: false
})
const { rtspPort } = await town.start()
process.send?.({ rtspPort })
process.on('disconnect', () => process.exit(0))
