/** The town's watches against the real MQTT adapter: a walk crosses the fence of the town's own registry. */
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { config } from '../../adapters/mqtt/config.ts'
import { createMqttAdapter } from '../../adapters/mqtt/index.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import { afterFix, INSIDE } from '../../gateway/core/fence.ts'
import { loadRegistry } from '../../gateway/registry/load.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { ROOT } from './plan.ts'
import { readTown } from './scenario.ts'
import { watchesPart } from './watches.ts'

test('watch 1 walks out of its fence, and says where it is in between', async () => {
  const town = readTown(join(ROOT, 'config/scenarios/town.yaml'))
  const registry = await loadRegistry(join(ROOT, 'config/scenarios/town.registry.yaml'))
  const [first, second] = registry.sources.filter(row => row.id.startsWith('mqtt:linxi/watch-'))
  expect([first?.locator?.consent?.by, second?.locator?.consent]).toEqual(['本人', undefined])
  const keys = town.watches.map(({ native }) => `linxi/${native}`)
  const fake = createFakeHost({ credentials: Object.fromEntries(keys.map(key => [key, demoSecret('s', 'mqtt', key)])) })
  const settings = Value.Parse(config, Value.Default(config, { address: '127.0.0.1', port: 0, tlsPort: -1 }))
  const abort = new AbortController()
  const done = createMqttAdapter(settings, { site: 'linxi', assetsDir: '.' }).run(fake.host, abort.signal)
  const port = await until('the broker listens', () => fake.endpoints[0]?.port)
  const nowhere = { host: '', port: 0 }
  const part = watchesPart(town, {
    ...{ seed: 's', mqtt: `mqtt://127.0.0.1:${port}`, sip: { address: '', port: 0 } },
    ...{ jt808: nowhere, jt905: nowhere, dc09: nowhere }
  })
  await part.start()
  await until('both are on line', () => part.online === 2)
  expect(await part.press?.(1)).toMatchObject({ note: expect.stringContaining('out of the fence') })
  const mine = fake.positions.filter(each => each.sourceId === first?.id)
  const fence = first?.locator?.fence
  if (!fence) throw new Error('no fence')
  const states = [INSIDE]
  for (const { position } of mine) states.push(afterFix(fence, states.at(-1) ?? INSIDE, position))
  expect(states.at(-1)?.outside).toBe(true)
  expect(states[1]?.outside).toBe(false)
  await expect(part.press?.(3)).rejects.toThrow('numbered 1 to 2')
  await part.stop()
  abort.abort()
  await done
})
