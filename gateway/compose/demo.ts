/** Demo mode: a seed for the town's secrets, a token for its press buttons, and people who exist nowhere else. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDemoUsers } from '../access/first-users.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { DemoPress } from '../core/wire.ts'
import type { Gateway } from '../gateway.ts'

export interface Demo {
  readonly seed: string
  press(press: DemoPress): Promise<unknown>
  /** Makes the demo's people at the first start. */
  people(gateway: Pick<Gateway, 'access' | 'registry'>): Promise<void>
}

/** A storm of hundreds takes its time. */
const PRESS_TIMEOUT_MS = 60_000

export async function prepareDemo(config: Config, controlUrl: string): Promise<Demo> {
  const { dir } = config.storage
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const seed = await secretFile(join(dir, 'demo.seed'))
  const token = await secretFile(join(dir, 'demo.token'))
  return {
    seed,
    async press(press) {
      let response: Response
      try {
        response = await fetch(new URL('/press', controlUrl), {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(press),
          signal: AbortSignal.timeout(PRESS_TIMEOUT_MS)
        })
      } catch (error) {
        throw new GatewayError('SIMULATOR_UNREACHABLE', { url: controlUrl }, { cause: error })
      }
      if (!response.ok)
        throw new GatewayError('SIMULATOR_UNREACHABLE', {
          status: response.status,
          why: (await response.text()).slice(0, 200)
        })
      return response.json()
    },
    async people({ access, registry }) {
      const fleetId = registry.data.subjects.find(s => s.fleetId)?.fleetId
      if (fleetId === undefined)
        throw new GatewayError('CONFIG_INVALID', { faults: 'the demo town needs a registry with a taxi fleet' })
      await ensureDemoUsers(access, { units: registry.data.units, fleetId, file: join(dir, 'logins.txt') })
    }
  }
}

/** Made once, 32 random bytes, readable by its owner only. */
async function secretFile(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  return (await readFile(file, 'utf8')).trim()
}
