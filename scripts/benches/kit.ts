/** What every bench shares: figures against goals as a table, one JSON line last, and the exit status. */
import { cpus, release, totalmem } from 'node:os'
import { referenceMs } from './parts/reference.ts'

/** A bound that a figure must keep; a figure without a goal is only shown. */
export type Goal = { readonly max: number } | { readonly min: number }

/** What one run of a bench found; keys name the unit (`p99Ms`, `alarmsLost`). */
export interface Outcome {
  readonly bench: string
  readonly figures: Readonly<Record<string, number>>
  readonly goals: Readonly<Record<string, Goal>>
}

/** One line about this machine, to stand beside the figures. */
export function machine(): string {
  const cores = cpus()
  const model = cores[0]?.model.trim() ?? 'unknown processor'
  return `${cores.length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.versions.node}`
}

/** A figure that is missing or no number meets no goal: what could not be measured is not met. */
export function meets(figure: number | undefined, goal: Goal): boolean {
  if (figure === undefined || !Number.isFinite(figure)) return false
  return 'max' in goal ? figure <= goal.max : figure >= goal.min
}

/** True when every goal is met by a figure of the same key. */
export function allMet({ figures, goals }: Outcome): boolean {
  return Object.entries(goals).every(([key, goal]) => meets(figures[key], goal))
}

/** The table: figure, goal and verdict, a goal without a figure included. */
export function table(outcome: Outcome): string {
  const keys = [...new Set([...Object.keys(outcome.figures), ...Object.keys(outcome.goals)])]
  const rows = keys.map(key => {
    const figure = outcome.figures[key]
    const goal = outcome.goals[key]
    return [key, figure === undefined ? 'not measured' : String(rounded(figure)), words(goal), verdict(figure, goal)]
  })
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(([key = '', figure = '', goal = '', met = '']) =>
    `  ${key.padEnd(widths[0] ?? 0)}  ${figure.padStart(widths[1] ?? 0)}  ${goal.padEnd(widths[2] ?? 0)}  ${met}`.trimEnd()
  )
  return [outcome.bench, `  on ${machine()}`, ...lines].join('\n')
}

/**
 * Prints the table (not with --json) and, last, the JSON line `{"bench","figures","goals","met"}`; sets the exit status to 0 only if
 * every goal is met. A bench calls this once, at its end, when what it measured has stopped: the machine's own speed is taken then.
 */
export function report(found: Outcome): void {
  const outcome = { ...found, figures: { ...found.figures, referenceMs: referenceMs() } }
  const met = allMet(outcome)
  const figures = Object.fromEntries(Object.entries(outcome.figures).map(([key, value]) => [key, rounded(value)]))
  if (!process.argv.includes('--json')) console.log(table(outcome))
  console.log(JSON.stringify({ bench: outcome.bench, figures, goals: outcome.goals, met }))
  process.exitCode = met ? 0 : 1
}

/** `--name N` of the command line; throws where it is no whole number above 0. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  if (at === -1) return otherwise
  const value = Number(process.argv[at + 1])
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} wants a whole number above 0`)
  return value
}

/** The p-th percentile (0–100) by nearest rank; NaN of nothing, which meets no goal. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** Three decimals below ten, one below a thousand, none above. */
function rounded(value: number): number {
  const digits = Math.abs(value) < 10 ? 3 : Math.abs(value) < 1000 ? 1 : 0
  return Number(value.toFixed(digits))
}

function words(goal: Goal | undefined): string {
  if (goal === undefined) return ''
  return 'max' in goal ? `≤ ${goal.max}` : `≥ ${goal.min}`
}

function verdict(figure: number | undefined, goal: Goal | undefined): string {
  if (goal === undefined) return ''
  return meets(figure, goal) ? 'met' : 'NOT MET'
}
