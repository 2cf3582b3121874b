/** The ways of units say where they are: nobody is shown them before it is on record who looks (rule 10). */
import { expect, it } from 'vitest'
import { logIn } from '../testing/console-client.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { runGateway } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'

it('a look at the ways is on record, one that is refused too', async () => {
  const running = await runGateway({ dir: tempDir('ways-read'), adapters: [createFakeProtocol().definition] })
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 1)
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  expect([(await operator.get('/api/ways')).status, (await admin.get('/api/ways')).status]).toEqual([200, 403])
  const said = (await running.gateway.store.auditTail(20)).map(
    ({ who, action, outcome }) => `${who} ${action} ${outcome}`
  )
  expect(said).toContain('10327 名 10327 positionRead done')
  expect(said.filter(each => each.startsWith('10001') && each.endsWith('refused'))).toHaveLength(1)
  await running.stop()
})
