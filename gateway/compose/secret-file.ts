/** A secret that is given to a command in a file. */
import { readFile } from 'node:fs/promises'
import { GatewayError } from '../core/errors.ts'

/** Without the line end; BODY_INVALID naming the option and the file that cannot be read. */
export async function secretOfFile(file: string, option: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new GatewayError('BODY_INVALID', { field: option, why: whyNot(file, error) })
  }
}

function whyNot(file: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return `there is no file ${file}`
  if (code === 'EACCES') return `the file ${file} may not be read by this user`
  if (code === 'EISDIR') return `${file} is a folder, not a file`
  return `the file ${file} cannot be read (${code ?? String(error)})`
}
