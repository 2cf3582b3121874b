/** baresip, which we did not write, with one account and commands of a test (Debian package baresip-core). */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { tempDir } from '../../../gateway/testing/temp-dir.ts'
import { until } from '../../../gateway/testing/wait.ts'

const MODULES = ['module_path /usr/lib/baresip/modules', 'module g711.so', 'module aubridge.so']
const SILENT = ['audio_player aubridge,nil', 'audio_source aubridge,nil', 'audio_alert aubridge,nil']
const APPS = ['module_app account.so', 'module_app menu.so']

export interface BaresipScreen {
  readonly text: string
  readonly dir: string
  readonly child: ChildProcess
  /** Waits for words on its screen. */
  says(words: string): Promise<void>
  end(): Promise<void>
}

/** `config` comes before the lines that make it silent: the first of two counts. */
export async function runBaresip(
  account: string,
  commands: readonly string[],
  config: readonly string[] = []
): Promise<BaresipScreen> {
  const dir = tempDir('baresip')
  await writeFile(join(dir, 'config'), `${[...MODULES, ...config, ...SILENT, ...APPS].join('\n')}\n`)
  await writeFile(join(dir, 'accounts'), `${account}\n`)
  await writeFile(join(dir, 'contacts'), '')
  const child = spawn('baresip', ['-f', dir, ...commands.flatMap(c => ['-e', c])], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const screen = { text: '' }
  let missing: Error | undefined
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      screen.text += bytes.toString()
    })
  child.once('error', error => {
    missing = new Error(`baresip is needed (Debian package baresip-core): ${error.message}`)
  })
  return {
    dir,
    child,
    get text() {
      return screen.text
    },
    says: words =>
      until(
        `baresip says ${words}`,
        () => {
          if (missing) throw missing
          return screen.text.includes(words)
        },
        30_000
      ).then(
        () => {},
        (error: Error) => {
          throw new Error(`${error.message}\n${screen.text.slice(-2_000)}`)
        }
      ),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const gone = new Promise<void>(resolve => void child.once('exit', () => resolve()))
      child.kill('SIGINT')
      await gone
    }
  }
}

/** It knows no loopback: it must be called by a network card's address. */
export function outwardAddress(): string {
  const cards = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const card = cards.find(({ family, internal }) => family === 'IPv4' && !internal)
  if (!card) throw new Error('baresip needs a network card beside the loopback')
  return card.address
}
