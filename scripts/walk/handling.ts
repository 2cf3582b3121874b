/** One alarm from the press to the file, by the keys of the operator's guide: a telephone's #9, a unit sent and arrived, filed by the leader. */
import type { Page } from 'playwright-core'
import { PATIENCE_MS } from '../../tests/browser/pages.ts'

export type StepName =
  | 'waiting'
  | 'acknowledged'
  | 'nature'
  | 'offered'
  | 'onScene'
  | 'feedback'
  | 'asked'
  | 'resolved'
  | 'opened'
  | 'reviewed'
  | 'filed'

/** So long somebody looks at a question before his second stroke; one that comes within 0.6 s is not taken. */
const READ_MS = 1_000

/** The stage of the life cycle in the incident's head, when the incident stands there. */
const STAGES = ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', 'closed'] as const
const at = (stage: (typeof STAGES)[number]) => `.lifecycle .stage:nth-child(${STAGES.indexOf(stage) + 1}).now`

export interface Handled {
  readonly name: StepName
  /** Since the press, ms. */
  readonly atMs: number
  readonly keys: number
}

export interface Handling {
  readonly operator: Page
  readonly leader: Page
  /** Resolves when the device has its acknowledgement. */
  press(): Promise<unknown>
  /** What is written of the end. */
  readonly words: string
  /** Called when a step stands on the screen; its time does not count. */
  look?(name: StepName, page: Page): Promise<void>
}

/** Works the incident of a household whose telephone is pressed; resolves with the steps in order. Rejects when one does not come to the screen. */
export async function handle({ operator, leader, press, words, look }: Handling): Promise<readonly Handled[]> {
  const done: Handled[] = []
  const startMs = performance.now()
  let lookedMs = 0
  const step = async (page: Page, name: StepName, keys: readonly string[], shown: string, timeout = PATIENCE_MS) => {
    for (const key of keys) await page.keyboard.press(key)
    await page.locator(shown).first().waitFor({ timeout })
    done.push({ name, atMs: performance.now() - startMs - lookedMs, keys: keys.length })
    const fromMs = performance.now()
    await look?.(name, page)
    lookedMs += performance.now() - fromMs
  }
  // A telephone is acknowledged while it rings: the floor has it by then.
  const pressed = press()
  await step(operator, 'waiting', [], '.queue-waiting .queue-row')
  await pressed
  await step(operator, 'acknowledged', ['Space'], '.incident .unit.picked')
  await step(operator, 'nature', ['e', '1'], at('verifying'))
  await step(operator, 'offered', ['d'], '.incident .unit.sent')
  // The unit of the place's own cell may come on foot.
  await step(operator, 'onScene', [], at('onScene'), 3 * PATIENCE_MS)
  await step(operator, 'feedback', ['r', '1', '2'], '.feedback-form')
  await operator.keyboard.type(words)
  // What the list still asks for is named first, and a bounced key is no answer to it.
  await step(operator, 'asked', ['Enter'], '.menu-undone')
  await operator.waitForTimeout(READ_MS)
  await step(operator, 'resolved', ['Enter'], at('resolved'))
  await leader.bringToFront()
  await step(leader, 'opened', ['ArrowDown', 'Enter'], at('resolved'))
  // A unit that has not said that it left is named first: that is read, and then filed.
  const named = leader.locator('.told:text-matches("X")')
  await step(leader, 'reviewed', ['x'], `${at('closed')}, .told:text-matches("X")`)
  const again = await named.isVisible()
  if (again) await leader.waitForTimeout(READ_MS)
  await step(leader, 'filed', again ? ['x'] : [], at('closed'))
  return done
}
