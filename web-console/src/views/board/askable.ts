/** Whose phone can be asked for its picture. Pure. */
import type { ConsoleState } from '../../state/model.ts'

/** Id, name, id, name …: plain words, so that thousands of units that move draw nothing anew. */
export function askable({ units }: Pick<ConsoleState, 'units'>): readonly string[] {
  return [...units.values()].flatMap(({ id, name, state }) => (state === 'offDuty' ? [] : [id, name]))
}

export interface Askable {
  readonly id: string
  readonly name: string
}

/** Without those that are asked already. */
export function notAsked(words: readonly string[], videos: ConsoleState['phoneVideos']): readonly Askable[] {
  const asked = new Set<string>(videos.map(({ unitId }) => unitId))
  return words.flatMap((id, n) => (n % 2 === 0 && !asked.has(id) ? [{ id, name: words[n + 1] ?? '' }] : []))
}
