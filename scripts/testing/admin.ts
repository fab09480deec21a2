import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newPerson, type Person, service } from './service.ts';

/** Somebody who was made admin by the command, logged in again. */
export async function newAdmin(): Promise<Person> {
  const person = await newPerson();
  const args = ['scripts/roles.ts', '--email', person.email, '--add', 'admin'];
  const env = { ...process.env, DATABASE_URL: service.databaseUrl };
  await promisify(execFile)(process.execPath, args, { env });
  await person.client.login(person.email, person.password);
  return person;
}
