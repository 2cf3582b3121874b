/** How long an alarm of the demo takes from the press to the file, worked by the keys of the operator's guide in Chromium; and how many keys. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstPage, openBrowser } from '../../tests/browser/chromium.ts'
import { startDemo } from '../../tests/browser/demo.ts'
import { logIn } from '../../tests/browser/pages.ts'
import { handle } from '../walk/handling.ts'
import { report } from './kit.ts'

const HOUSEHOLD = 12
const GOAL_S = 60

const dir = mkdtempSync(join(tmpdir(), 'pingan-handling-'))
const demo = await startDemo({ dir })
const contexts: Awaited<ReturnType<typeof openBrowser>>[] = []
async function seat(name: string, login: string, number: number) {
  const context = await openBrowser({ dir, name, width: 1920, height: 1080 })
  contexts.push(context)
  const page = await firstPage(context)
  await logIn(page, demo, { login, seat: number })
  await page.locator('.floor-main').waitFor()
  return page
}

try {
  const operator = await seat('operator', '10327', 3)
  const leader = await seat('leader', '10008', 1)
  const press = () => demo.press('household', HOUSEHOLD)
  const steps = await handle({ operator, leader, press, words: '已送医院' })
  for (const { name, atMs, keys } of steps)
    console.log(`  ${name.padEnd(13)} ${(atMs / 1000).toFixed(1)} s  ${keys} keys`)
  const keys = steps.reduce((sum, step) => sum + step.keys, 0)
  const at = (name: string) => (steps.find(step => step.name === name)?.atMs ?? Number.NaN) / 1000
  report({
    bench: 'handling',
    figures: {
      pressToFiledS: at('filed'),
      waitingForUnitS: at('onScene') - at('offered'),
      pressToOfferedS: at('offered'),
      keys
    },
    goals: { pressToFiledS: { max: GOAL_S } }
  })
} finally {
  await Promise.allSettled(contexts.map(context => context.close()))
  await demo.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
