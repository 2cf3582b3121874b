/** Runs the checks one after another, goes on after a failure, and ends with the one line `N passed, N failed`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buildConsole } from './console-build.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Count {
  readonly passed: number
  readonly failed: number
}

interface Check {
  readonly name: string
  run(): Count
}

function passes(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function one(name: string, run: () => boolean): Check {
  return { name, run: () => (run() ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }) }
}

const QUICK: readonly Check[] = [
  one('types', () => passes('tsc', '-p', 'tsconfig.json')),
  one('types of the console', () => passes('tsc', '-p', 'web-console/tsconfig.json')),
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

/** Counts single tests; a file that could not be loaded and a run that ended badly for another reason are one failure each. */
function vitest(): Count {
  const folder = mkdtempSync(join(tmpdir(), 'pingan-checks-'))
  const file = join(folder, 'vitest.json')
  try {
    const ended = passes('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`)
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
    tellFailures(report)
    const unloaded = report.testResults.filter(r => r.status === 'failed' && r.assertionResults.length === 0).length
    // A skipped test hides a missing tool (style.md): it counts as failed.
    const failed = report.numFailedTests + report.numPendingTests + unloaded
    return { passed: report.numPassedTests, failed: failed === 0 && !ended ? 1 : failed }
  } catch (error) {
    console.error(`vitest left no readable report: ${String(error)}`)
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The console is built before the tests, since the browser tests open the built one. */
const ALL: readonly Check[] = [...QUICK, one('console build', () => buildConsole(true)), { name: 'tests', run: vitest }]

function main(which: string | undefined, options: readonly string[]): number {
  if (options.includes('--full')) process.env.PINGAN_FULL = '1'
  const total = { passed: 0, failed: 0 }
  const failures: string[] = []
  for (const check of which === 'test' ? ALL : QUICK) {
    console.log(`── ${check.name}`)
    const count = check.run()
    total.passed += count.passed
    total.failed += count.failed
    if (count.failed > 0) failures.push(check.name)
  }
  if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}

process.exitCode = main(process.argv[2], process.argv.slice(3))
