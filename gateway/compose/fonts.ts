/** Where the font of the screens lies, which is also that of paper and of exported pictures. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { CONSOLE_DIR, PROJECT_DIR } from './places.ts'

/** The slices of Noto Sans SC as the console was built with them, or where it is worked on. */
export function fontFiles(): readonly string[] {
  const built = globSync('noto-sans-sc*.woff2', { cwd: join(CONSOLE_DIR, 'assets') })
  if (built.length > 0) return built.map(file => join(CONSOLE_DIR, 'assets', file))
  const source = join(PROJECT_DIR, 'node_modules', '@fontsource-variable', 'noto-sans-sc', 'files')
  return globSync('*.woff2', { cwd: source }).map(file => join(source, file))
}
