# Completion of cairn for bash, made by: cairn completion bash

# Sets, for the command of path $1 such as 'remote add': commands, options, values (OPTION:KIND) and operands (a KIND each, with
# a + when all that follows is alike). A KIND is files, folders, nothing, =WORD,WORD or what 'cairn complete' takes.
_cairn_command() {
    case $1 in
@COMMANDS@
    esac
}

# Sets kind to that of the value of option $1; fails where it takes none.
_cairn_value() {
    local entry
    for entry in $values $global_values; do
        if [[ ${entry%%:*} == "$1" ]]; then
            kind=${entry#*:}
            return 0
        fi
    done
    return 1
}

# Offers what is of kind $1 and begins with $2. What bash takes for words of their own, up to the last = : or @, it keeps itself.
_cairn_offer() {
    local kept='' candidate
    [[ $2 == *[=:@]* ]] && kept=${2%"${2##*[=:@]}"}
    case $1 in
        nothing) ;;
        files) compopt -o bashdefault -o default 2>/dev/null ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        *)
            while IFS= read -r candidate; do
                [[ $candidate == "$2"* && -n $candidate ]] || continue
                candidate=${candidate#"$kept"}
                COMPREPLY+=("$(printf '%q' "$candidate")")
            done < <(
                if [[ $1 == =* ]]; then
                    printf '%s\n' "${1:1}" | tr , '\n'
                else
                    "$program" complete "$1" ${repository[@]+"${repository[@]}"} 2>/dev/null </dev/null
                fi
            )
            ;;
    esac
}

_cairn() {
@GLOBAL@
    local commands='' options='' values='' operands='' kind='' path='' pending='' plain='' word current
    local program=${COMP_WORDS[0]} count=0 glued='' i
    local repository=() line=() list=()
    COMPREPLY=()
    [[ ${program:0:2} != \~/ ]] || program=$HOME/${program:2}

    # The words as the program gets them: bash cuts at = : and @ too.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)) && [[ -z $word && ${COMP_LINE:COMP_POINT-1:1} == [[:blank:]] ]]; then
            glued=''
        fi
        if ((${#line[@]} > 0)) && [[ -n $glued || $word =~ ^[=:@]+$ ]]; then
            line[${#line[@]} - 1]+=$word
        else
            line+=("$word")
        fi
        glued=''
        [[ ! $word =~ ^[=:@]+$ ]] || glued=yes
    done
    current=${line[${#line[@]} - 1]}
    unset "line[${#line[@]} - 1]"

    _cairn_command ''
    for word in ${line[@]+"${line[@]}"}; do
        if [[ -n $pending ]]; then
            [[ $pending != -r && $pending != --repo ]] || repository=(-r "$word")
            pending=''
        elif [[ -n $plain ]]; then
            count=$((count + 1))
        elif [[ $word == -- ]]; then
            plain=yes
        elif [[ $word == --*=* ]]; then
            [[ $word != --repo=* ]] || repository=(-r "${word#*=}")
        elif [[ $word == -?* ]]; then
            ! _cairn_value "$word" || pending=$word
        elif [[ " $commands " == *" $word "* ]]; then
            path+=${path:+ }$word
            _cairn_command "$path"
        else
            count=$((count + 1))
        fi
    done

    if [[ -n $pending ]]; then
        _cairn_value "$pending" && _cairn_offer "$kind" "$current"
    elif [[ -z $plain && $current == --*=* ]]; then
        _cairn_value "${current%%=*}" && _cairn_offer "$kind" "${current#*=}"
    elif [[ -z $plain && $current == -* ]]; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$options $global_options" -- "$current")
    elif [[ -n $commands ]]; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$commands" -- "$current")
    else
        read -r -a list <<<"$operands"
        if ((${#list[@]} > 0)); then
            if ((count < ${#list[@]})); then
                kind=${list[count]}
            elif [[ ${list[${#list[@]} - 1]} == *+ ]]; then
                kind=${list[${#list[@]} - 1]}
            else
                kind=nothing
            fi
            _cairn_offer "${kind%+}" "$current"
        fi
    fi
    return 0
}

complete -F _cairn cairn
