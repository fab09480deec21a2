/** Fewest and most characters of a password, counted after NFKC (NIST SP 800-63B-4 §3.1.1.2). */
export const passwordLength = { least: 15, most: 1024 } as const;

/**
 * How often one account's password may be tried, whether at login or to confirm it, until a right
 * one starts the counts anew: ten times in 15 minutes, a hundred times in a day.
 */
export const guessBudgets = [
  { name: 'password', points: 10, seconds: 900 },
  { name: 'password-day', points: 100, seconds: 86_400 },
] as const;

const fewestDifferent = 5;
const leastOfOnesOwn = 8;
const service = 'videotomp3';

// Lists of leaked passwords hold hardly any of 15 characters, and those are made of short ones
// and runs of keys. So what is refused is what stands on such parts alone.
const common = [
  ...['correcthorsebatterystaple', 'password', 'passwort', 'passphrase', 'iloveyou', 'trustno1'],
  ...['football', 'baseball', 'superman', 'princess', 'sunshine', 'starwars', 'whatever'],
  ...['letmein', 'welcome', 'monkey', 'dragon', 'shadow', 'master', 'secret', 'login', 'admin'],
  ...['changeme', 'default', 'michael', 'summer', 'winter', 'spring', 'autumn', 'hello', 'test'],
];
const runs = [
  ...['0123456789', '1234567890', '0987654321', 'abcdefghijklmnopqrstuvwxyz'],
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm'],
  ...['1q2w3e4r5t6y7u8i9o0p', '1qaz2wsx3edc4rfv5tgb6yhn7ujm', 'qazwsxedcrfvtgbyhnujm'],
];
const shortestRun = 4;
const piecesOfRuns = runs.flatMap(bothWays).flatMap(piecesOfRun);
const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  $: 's',
  '0': 'o',
  '1': 'i',
  '3': 'e',
};

/**
 * Why a person may not take this password, as a sentence; undefined when they may. There is no
 * rule on which characters it is made of: length and not being guessable first are all that counts.
 */
export function passwordProblem(typed: string, email: string): string | undefined {
  const password = typed.normalize('NFKC');
  const length = countCharacters(password);
  if (length < passwordLength.least) {
    return `A password has at least ${passwordLength.least} characters. A few words do well.`;
  }
  if (length > passwordLength.most) {
    return `A password has at most ${passwordLength.most} characters.`;
  }
  const plain = password.toLowerCase();
  if (isRepetitive(plain)) return 'This password repeats itself. Others would try it first.';
  if (holdsEmail(plain, email.toLowerCase())) return 'A password does not hold the e-mail address.';
  if (plain.replaceAll(/[^\p{L}\p{N}]/gu, '').includes(service)) {
    return 'A password does not hold the name of this service.';
  }
  return isCommon(plain) ? 'This password is made of what others would try first.' : undefined;
}

/** Code points: what NIST calls a character. */
function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** Hardly any different characters, or the same piece again and again. */
function isRepetitive(password: string): boolean {
  if (new Set(password).size < fewestDifferent) return true;
  for (let period = 1; period <= password.length / 2; period += 1) {
    if (password.slice(period) === password.slice(0, -period)) return true;
  }
  return false;
}

function holdsEmail(password: string, email: string): boolean {
  const local = email.slice(0, email.lastIndexOf('@'));
  return password.includes(email) || (local.length >= 4 && password.includes(local));
}

/** Whether nearly nothing is the person's own: the rest is common passwords and runs of keys. */
function isCommon(password: string): boolean {
  const withoutRuns = remove(password, piecesOfRuns);
  const spoken = withoutRuns.replaceAll(/[@$013]/g, (sign) => lookalikes[sign] ?? sign);
  return [withoutRuns, spoken].some(
    (text) => countCharacters(text) - commonIn(text) < leastOfOnesOwn,
  );
}

/** How many characters belong to common passwords, whatever is written between their letters. */
function commonIn(text: string): number {
  const letters = text.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return letters.length - remove(letters, common).length;
}

function bothWays(run: string): string[] {
  return [run, Array.from(run).reverse().join('')];
}

/** All parts of a run from the longest to those of four keys. */
function piecesOfRun(run: string): string[] {
  const pieces: string[] = [];
  for (let length = run.length; length >= shortestRun; length -= 1) {
    for (let at = 0; at + length <= run.length; at += 1) pieces.push(run.slice(at, at + length));
  }
  return pieces;
}

function remove(text: string, parts: readonly string[]): string {
  return parts.reduce((rest, part) => rest.replaceAll(part, ''), text);
}
