// The wall's French texts, in a file of their own for the browser.
export { wall } from '../strings/fr/wall.ts';
