/** Runs the checks, the quick ones beside each other, goes on after a failure, and ends with the one line `N passed, N failed`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buildConsole } from './console-build.ts'
import { buildGateway } from './gateway-build.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Count {
  readonly passed: number
  readonly failed: number
}

interface Outcome extends Count {
  /** What it wrote, where it runs beside others. */
  readonly said?: string
}

interface Check {
  readonly name: string
  run(): Promise<Outcome>
}

const one = (name: string, run: () => Promise<Outcome>): Check => ({ name, run })
const single = (well: boolean): Count => ({ passed: well ? 1 : 0, failed: well ? 0 : 1 })

async function passes(command: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      said += text
    })
  }
  try {
    const [code] = await once(child, 'close')
    return { ...single(code === 0), said }
  } catch (error) {
    return { ...single(false), said: `${String(error)}\n` }
  }
}

/** One thread checks what four would check in part twice; the other core has the next check. */
const types = (project: string) => passes('tsc', '-p', project, '--checkers', '1')

const QUICK: readonly Check[] = [
  one('types', () => types('tsconfig.json')),
  one('types of the console', () => types('web-console/tsconfig.json')),
  one('format and lint', () => passes('biome', 'ci', '--log-level=warn', '--colors=off', '.')),
  one('dead code', () => passes('knip', '--no-progress'))
]

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Said again at the end, where a build machine that shows only the last lines still shows them. */
function tellFailures({ testResults }: VitestReport): void {
  for (const file of testResults) {
    const name = relative(ROOT, file.name)
    if (file.status === 'failed' && file.assertionResults.length === 0)
      console.log(`FAILED ${name}: could not be loaded`)
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') continue
      const why = failureMessages?.[0]?.split('\n')[0] ?? 'a skipped test counts as failed'
      const [, program] = /\bspawn(?:Sync)? (\S+) ENOENT/.exec(why) ?? []
      const need = program && ` (${program} is missing: scripts/test run as root installs what the tests need)`
      console.log(`FAILED ${name}: ${fullName}: ${why.slice(0, 300)}${need ?? ''}`)
    }
  }
}

/** The others come in so many parts, that both lanes are busy until the end. */
const PARTS = 8

const OTHERS = ['--project', 'others', '--project', 'alone']

/**
 * What vitest is asked to run, in this order, by two lanes that each take the next when they have run one. The project with pictures is one
 * part: two files with Chromium or real video at once would starve each other, while what only reckons has the other core.
 */
const RUNS: readonly (readonly string[])[] = [
  ['--project', 'pictures'],
  ...Array.from({ length: PARTS }, (_, at) => [...OTHERS, `--shard=${at + 1}/${PARTS}`])
]

async function tests(): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'pingan-checks-'))
  try {
    const runs: Run[] = []
    const waiting = RUNS.entries()
    const lane = async () => {
      for (const [at, which] of waiting) runs.push(await vitest(which, join(folder, `${at}.json`)))
    }
    await Promise.all([lane(), lane()])
    for (const { report } of runs) if (report) tellFailures(report)
    const counts = runs.map(counted)
    return { passed: total(counts, 'passed'), failed: total(counts, 'failed') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function gateway(): Promise<Outcome> {
  try {
    await buildGateway(true)
    return single(true)
  } catch (error) {
    return { ...single(false), said: `${String(error)}\n` }
  }
}

const total = (counts: readonly Count[], what: keyof Count) => counts.reduce((sum, each) => sum + each[what], 0)

interface Run {
  readonly ended: boolean
  readonly report: VitestReport | undefined
}

/** Resolves when it has run. It writes through a pipe, so that neither lane draws over the other's words. */
async function vitest(which: readonly string[], file: string): Promise<Run> {
  const to = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const child = spawn('vitest', ['run', ...which, '--maxWorkers=1', ...to], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  child.stdout.pipe(process.stdout, { end: false })
  child.stderr.pipe(process.stderr, { end: false })
  try {
    const [code] = await once(child, 'close')
    return { ended: code === 0, report: JSON.parse(readFileSync(file, 'utf8')) as VitestReport }
  } catch (error) {
    console.error(`vitest left no readable report of ${which.join(' ')}: ${String(error)}`)
    return { ended: false, report: undefined }
  }
}

/** Counts single tests; a file that could not be loaded and a run that ended badly for another reason are one failure each. */
function counted({ ended, report }: Run): Count {
  if (!report) return { passed: 0, failed: 1 }
  const unloaded = report.testResults.filter(r => r.status === 'failed' && r.assertionResults.length === 0).length
  // A skipped test hides a missing tool (style.md): it counts as failed.
  const failed = report.numFailedTests + report.numPendingTests + unloaded
  return { passed: report.numPassedTests, failed: failed === 0 && !ended ? 1 : failed }
}

/** Built before the tests, which open the one and start the other. */
const ALL: readonly (readonly Check[])[] = [
  QUICK,
  [one('console build', async () => single(buildConsole(true)))],
  [one('gateway build', gateway)],
  [one('tests', tests)]
]

async function main(which: string | undefined, options: readonly string[]): Promise<number> {
  if (options.includes('--full')) process.env.PINGAN_FULL = '1'
  const counts: Count[] = []
  const failures: string[] = []
  for (const group of which === 'test' ? ALL : [QUICK]) {
    const running = group.map(({ name, run }) => ({ name, outcome: run() }))
    for (const { name, outcome } of running) {
      console.log(`── ${name}`)
      const { said = '', ...count } = await outcome
      process.stdout.write(said)
      counts.push(count)
      if (count.failed > 0) failures.push(name)
    }
  }
  if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`)
  const failed = total(counts, 'failed')
  console.log(`${total(counts, 'passed')} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv[2], process.argv.slice(3))
