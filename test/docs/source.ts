// What the source says in literals and types, so that a page can be held to it: no second list that somebody would
// have to keep.
import { globSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import {
  getBindingIdentifiers,
  getOuterBindingIdentifiers,
  isBlock,
  isCallExpression,
  isFunction,
  isIdentifier,
  isNewExpression,
  type Node,
  traverse,
} from '@babel/types';
import { sourceOf } from '../helpers/syntax.ts';
import { ROOT } from './markdown.ts';

interface Options {
  /** Which files to read. */
  files?: string;
  /** What the code of an argument, or of a part of a template, stands for where it is not a literal. */
  known?: Readonly<Record<string, string>>;
}

/** Where an expression stands. */
interface Scope {
  file: string;
  /** What encloses it, outermost first. */
  ancestors: readonly Node[];
}

/**
 * The arguments of every call of a function, or of every construction of a class, in the order of the source. A
 * literal, a template or a constant of these comes as its value. What only a run can tell comes as its code between
 * angle brackets, such as `<error.message>`, unless it is `known`.
 */
export function callsOf(
  name: string,
  { files = '{relay,functions,shared}/**/*.ts', known = {} }: Options = {},
): string[][] {
  const calls: string[][] = [];
  for (const file of globSync(files, { cwd: ROOT }).sort()) {
    traverse(sourceOf(file).program, (node, parents) => {
      if (!(isCallExpression(node) || isNewExpression(node)) || !isIdentifier(node.callee, { name })) return;
      const scope = { file, ancestors: parents.map((parent) => parent.node) };
      calls.push(node.arguments.map((argument) => textOf(argument, scope, known)));
    });
  }
  return calls;
}

function textOf(node: Node, scope: Scope, known: Readonly<Record<string, string>>): string {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return String(node.value);
    case 'TemplateLiteral':
      return node.quasis
        .flatMap(({ value }, index) => {
          const part = node.expressions[index];
          return [value.cooked ?? value.raw, part === undefined ? '' : textOf(part, scope, known)];
        })
        .join('');
  }
  const value = node.type === 'Identifier' ? constantOf(node.name, scope) : undefined;
  if (value !== undefined) return textOf(value.init, value.scope, known);
  const code = sourceOf(scope.file).text.slice(node.start ?? 0, node.end ?? 0);
  return known[code] ?? `<${code}>`;
}

/** What a constant is set to, whether it is of the same file or imported from another. */
function constantOf(name: string, { file, ancestors }: Scope): { init: Node; scope: Scope } | undefined {
  for (let depth = ancestors.length; depth > 0; depth--) {
    const node = ancestors[depth - 1];
    if (isFunction(node) && name in getBindingIdentifiers(node)) return undefined;
    const statement = isBlock(node)
      ? node.body.find((inner) => name in getOuterBindingIdentifiers(inner))
      : undefined;
    if (statement === undefined) continue;
    if (statement.type === 'ImportDeclaration') {
      const { specifiers, source } = statement;
      const from = posix.join(dirname(file), source.value);
      const specifier = specifiers.find(({ local }) => local.name === name);
      if (!source.value.startsWith('.') || specifier?.type !== 'ImportSpecifier') return undefined;
      const imported = isIdentifier(specifier.imported) ? specifier.imported.name : specifier.imported.value;
      return constantOf(imported, { file: from, ancestors: [sourceOf(from).program] });
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return undefined;
    const init = declaration.declarations.find(({ id }) => isIdentifier(id, { name }))?.init;
    return init ? { init, scope: { file, ancestors: ancestors.slice(0, depth) } } : undefined;
  }
  return undefined;
}

/** A member of an object type; `value` where its type is one text. */
export interface TypeMember {
  name: string;
  value?: string;
}

/** The members of a declared object type, or of each object type of a declared union, in their order. */
export function membersOf(file: string, type: string): TypeMember[][] {
  for (const statement of sourceOf(file).program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'TSTypeAliasDeclaration' || declaration.id.name !== type) continue;
    const { typeAnnotation: declared } = declaration;
    return (declared.type === 'TSUnionType' ? declared.types : [declared]).map((part) => {
      if (part.type !== 'TSTypeLiteral')
        throw new Error(`${file}: ${type} has a part that is no object type`);
      return part.members.map((member) => memberOf(member, `${file}: ${type}`));
    });
  }
  throw new Error(`${file} declares no type ${type}`);
}

function memberOf(member: Node, where: string): TypeMember {
  if (member.type !== 'TSPropertySignature' || member.computed)
    throw new Error(`${where} has a member that is no plain property`);
  const { key, typeAnnotation } = member;
  const name = key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : undefined;
  if (name === undefined) throw new Error(`${where} has a member without a plain name`);
  const type = typeAnnotation?.typeAnnotation;
  const literal = type?.type === 'TSLiteralType' ? type.literal : undefined;
  return literal?.type === 'StringLiteral' ? { name, value: literal.value } : { name };
}
